// What a custom notification is sent as: JSON, or the text that a script has.
import * as z from "zod";
import { siteRoles } from "../../db/schema.ts";
import { fitCustomText, maxMessageBytes, maxTitleBytes } from "../notifications/outbox/rules/custom-text.ts";
import { plainText } from "../kernel/rules/text.ts";
import type { Ctx } from "../http/endpoint.ts";
import { decodeHeaderText } from "./rules/header-text.ts";
import { filledText } from "../http/schemas.ts";

/** Text that a program may have printed for a terminal. */
const printed = (most: number) =>
  z
    .string()
    .transform(plainText)
    .pipe(filledText(most))
    .meta({ maxLength: most, description: `At most ${most} bytes of UTF-8` });
export const customBody = z.object({
  content: z.object({ title: printed(maxTitleBytes), message: printed(maxMessageBytes) }),
  recipients: z
    .strictObject({
      users: z.array(z.string().min(1)).max(1_000).optional(),
      roles: z.array(z.enum(siteRoles)).max(10).optional(),
    })
    .refine(
      ({ users, roles }) => (users?.length ?? 0) + (roles?.length ?? 0) > 0,
      "name at least one user or role",
    )
    .optional(),
});

/** The title is in the address, or in a header as ntfy has it. What is too long is cut, and the answer says so. */
export function customOfText(message: string, c: Ctx) {
  const title = c.req.query("title") ?? decodeHeaderText(c.req.header("title") ?? "Notification");
  const { truncated, ...content } = fitCustomText({ title, message });
  if (truncated.length > 0) c.header("belfry-truncated", truncated.join(", "));
  return { content };
}

// The kinds of notification that accounts cause, by Coder's ids. The texts are in db/templates.

import { kinds } from "../../notifications/kinds/kinds.ts";

export const accountKinds = {
  created: "4e19c0ac-94e1-4532-9515-d1801aa283b2",
  deleted: "f44d9314-ad03-4bc8-95d0-5cad491da6b6",
  suspended: "b02ddd82-4733-4d02-a2d7-c36f3598997d",
  activated: "9f5af851-8408-4e73-a7a1-c6502ba46689",
  /** To the person themselves. */
  yourSuspended: kinds["your-account-suspended"].id,
  yourActivated: kinds["your-account-activated"].id,
} as const;

// The name of a queue within a process.
import type { DeliveryQueue } from "../../../kernel/ports.ts";

export const queueKey = ({ method, receiverId }: DeliveryQueue): string =>
  receiverId === null ? method : `${method} ${receiverId}`;

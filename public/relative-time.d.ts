export function relativeTime(at: number, now: number, timeZone?: string): string;
export function exactTime(at: number, timeZone?: string): string;
export function exactUtcTime(iso: string): string;

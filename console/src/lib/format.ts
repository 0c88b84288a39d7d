/** Numbers, money and times as people read them. */

const LOCALE = "en-US";
const integers = new Intl.NumberFormat(LOCALE);

export function count(value: number): string {
  return integers.format(value);
}

/** A share of a whole; never rounded up to 100 % nor down to 0 %. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const value = (part / whole) * 100;
  if (part > 0 && value < 0.1) return "<0.1%";
  if (part < whole && value > 99.9) return ">99.9%";
  return `${Number.isInteger(value) ? value : value.toFixed(1)}%`;
}

/** The size of a file. */
export function bytes(size: number): string {
  if (size < 1_000) return `${integers.format(size)} B`;
  if (size < 1_000_000) return `${integers.format(Math.round(size / 1_000))} KB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}

/** An amount in a currency. Small amounts keep the digits that make them differ from zero. */
export function money(amount: string, currency: string): string {
  const value = Number(amount);
  const digits = value !== 0 && Math.abs(value) < 1 ? 4 : 2;
  return new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(value);
}

const clock: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit", timeZoneName: "short" };
const day: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };

/**
 * Making a formatter takes a hundred times as long as using it. So it is made once, because a table has many
 * times, and only when it is used, because the first page waits for it.
 */
function formatter(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  let made: Intl.DateTimeFormat | null = null;
  return () => {
    made ??= new Intl.DateTimeFormat(LOCALE, options);
    return made;
  };
}

const times = formatter(clock);
const dates = formatter({ ...day, ...clock });
const datesOfYears = formatter({ ...day, year: "numeric", ...clock });
const seconds = formatter({ ...day, ...clock, second: "2-digit" });
const universal = formatter({ ...day, year: "numeric", ...clock, second: "2-digit", timeZone: "UTC" });
const calendar = formatter({ ...day, timeZone: "UTC" });

/** The zone that times are shown in. */
export function zone(): string {
  return times().resolvedOptions().timeZone;
}

/** A time with its zone; the year only if it is not this one. */
export function time(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) return times().format(at);
  return (at.getFullYear() === now.getFullYear() ? dates() : datesOfYears()).format(at);
}

/** A time to the second, for what happens quickly. */
export function precise(iso: string): string {
  return seconds().format(new Date(iso));
}

export function utc(iso: string): string {
  return universal().format(new Date(iso));
}

/** A day such as 2026-12-07, which is in no zone. */
export function date(iso: string): string {
  return calendar().format(new Date(iso));
}

/** How long from now, such as "in 5 min"; times in the past are "now". */
export function until(iso: string, now = Date.now()): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  if (seconds <= 0) return "now";
  return `in ${duration(seconds)}`;
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/** A delay as precise as it is interesting. */
export function delay(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)}\u00a0s` : duration(seconds);
}

/** The name of an ISO 3166-1 code. */
export function country(code: string): string {
  return new Intl.DisplayNames(LOCALE, { type: "region" }).of(code) ?? code;
}

/** A period with its zone, in the shortest form. */
export function period(start: number, end: number): string {
  return dates().formatRange(start, end);
}

/** A phone with thin groups, which is easier to compare than a run of digits. */
export function phone(e164: string): string {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return us ? `+1 ${us[1]} ${us[2]} ${us[3]}` : e164;
}

/** The value of an `<input type="datetime-local">` for a moment. */
export function localInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

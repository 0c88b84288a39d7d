/** The main places, and the key that follows `g` to go there. */
export const PLACES = [
  { name: "home", to: "/", key: "h" },
  { name: "campaigns", to: "/campaigns", key: "c" },
  { name: "replies", to: "/replies", key: "y" },
  { name: "reports", to: "/reports", key: "r" },
  { name: "contacts", to: "/contacts", key: "p" },
  { name: "segments", to: "/segments", key: "e" },
  { name: "templates", to: "/templates", key: "m" },
  { name: "imports", to: "/imports", key: "i" },
  { name: "exports", to: "/exports", key: "x" },
  { name: "unsubscribes", to: "/unsubscribes", key: "u" },
  { name: "senders", to: "/senders", key: "s" },
  { name: "settings", to: "/settings", key: "t" },
] as const;

export type PlaceName = (typeof PLACES)[number]["name"];

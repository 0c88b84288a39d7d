import type { Contact } from "../../api/client";
import { texts } from "../../texts";

/** A contact's name, as people say it. */
export function nameOf({ firstName, lastName }: Pick<Contact, "firstName" | "lastName">): string {
  return [firstName, lastName].filter(Boolean).join(" ") || texts.contacts.unnamed;
}

/** Whether a text says how to opt out, in the languages whose keywords Volley knows. */
const WAY_OUT =
  /\b(stop|unsubscribe|opt[- ]?out|quit|end|cancel|arret|arrêt|baja|abmelden|stopp|sair|basta)\b/i;

export function hasWayOut(body: string): boolean {
  return WAY_OUT.test(body);
}

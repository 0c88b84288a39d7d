import { useState } from "react";

/** Whether something has been true before. What opens later need not be there when the page is first drawn. */
export function useEver(isTrue: boolean): boolean {
  const [was, setWas] = useState(isTrue);
  if (isTrue && !was) setWas(true);
  return was || isTrue;
}

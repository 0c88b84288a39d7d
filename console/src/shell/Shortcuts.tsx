import { Kbd, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Dialog } from "../components/Dialog";
import { useEver } from "../lib/use-ever";
import { texts } from "../texts";
import { PLACES } from "./places";

/** How long after `g` the place's key may follow, in milliseconds. */
const MAX_CHORD_MS = 1_500;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Keyboard shortcuts, and the list of them. */
export function Shortcuts() {
  const [opened, help] = useDisclosure();
  const isNeeded = useEver(opened);
  const navigate = useNavigate();
  const chord = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"]') !== null) return;
      // When the key was pressed, even if the page was too busy to hear of it.
      const goes = event.timeStamp - chord.current < MAX_CHORD_MS;
      chord.current = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const place = goes ? PLACES.find(({ key }) => key === event.key) : undefined;
      if (place !== undefined) {
        void navigate({ to: place.to });
      } else if (event.key === "?") {
        help.open();
      } else if (event.key === "/") {
        document.querySelector<HTMLInputElement>("[data-search]")?.focus();
      } else if (event.key === "n") {
        document.querySelector<HTMLButtonElement>("[data-create]")?.click();
        return;
      } else {
        return;
      }
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, help]);
  if (!isNeeded) return null;
  const rows: [string[], string][] = [
    [["/"], texts.help.search],
    [["n"], texts.help.create],
    ...PLACES.map(({ name, key }): [string[], string] => [["g", key], texts.help.go(texts.nav[name])]),
    [["Esc"], texts.help.close],
    [["?"], texts.help.help],
  ];
  return (
    <Dialog opened={opened} onClose={help.close} title={texts.help.title}>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={90}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
}

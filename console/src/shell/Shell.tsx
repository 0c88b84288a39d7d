import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useEver } from "../lib/use-ever";
import { texts } from "../texts";
import { Account } from "./Account";
import { Mark } from "./Mark";
import { Navigation } from "./Navigation";
import classes from "./Shell.module.css";
import { Shortcuts } from "./Shortcuts";

/** The frame of every page: navigation, the key that is in use, and the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, menu] = useDisclosure();
  const hasMenu = useEver(opened);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when the page changes
  useEffect(menu.close, [pathname]);
  return (
    <div className={classes.shell}>
      {/* Not a link: a link to a fragment would leave the page, because the document has a `<base>`. */}
      <button type="button" className={classes.skip} onClick={() => document.getElementById("main")?.focus()}>
        {texts.app.skip}
      </button>
      <header className={classes.top}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.app.menu} onClick={menu.open}>
          <IconMenu2 size={20} />
        </ActionIcon>
        <Mark />
      </header>
      <aside className={classes.side}>
        <div className={classes.mark}>
          <Mark />
        </div>
        <Navigation />
        <Account />
      </aside>
      {hasMenu && (
        <Drawer
          opened={opened}
          onClose={menu.close}
          size={260}
          title={<Mark />}
          closeButtonProps={{ "aria-label": texts.app.close }}
        >
          <div className={classes.drawer}>
            <Navigation />
            <Account />
          </div>
        </Drawer>
      )}
      <main id="main" className={classes.main} tabIndex={-1}>
        {children}
      </main>
      <Shortcuts />
    </div>
  );
}

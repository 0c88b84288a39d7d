import {
  IconAddressBook,
  IconBellOff,
  IconChartBar,
  IconFileExport,
  IconFileImport,
  IconFilter,
  IconHome,
  IconMessages,
  IconPhone,
  IconSend,
  IconSettings,
  IconTemplate,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { texts } from "../texts";
import classes from "./Navigation.module.css";
import { PLACES, type PlaceName } from "./places";
import { RepliesDue } from "./RepliesDue";

const ICONS: Record<PlaceName, typeof IconHome> = {
  home: IconHome,
  campaigns: IconSend,
  replies: IconMessages,
  reports: IconChartBar,
  contacts: IconAddressBook,
  segments: IconFilter,
  templates: IconTemplate,
  imports: IconFileImport,
  exports: IconFileExport,
  unsubscribes: IconBellOff,
  senders: IconPhone,
  settings: IconSettings,
};

/** The main navigation. */
export function Navigation() {
  return (
    <nav aria-label={texts.app.navigation} className={classes.list}>
      {PLACES.map(({ name, to }) => {
        const Icon = ICONS[name];
        return (
          <Link
            key={name}
            to={to}
            className={classes.link}
            activeOptions={{ exact: to === "/", includeSearch: false }}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {texts.nav[name]}
            {name === "replies" && <RepliesDue />}
          </Link>
        );
      })}
    </nav>
  );
}

// Shows the register as a page of its own.
import { find } from "./find.js";
import { startScreen } from "./screen.js";

startScreen(find(document, "[data-screen]"));

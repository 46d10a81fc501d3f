// The register as a page of its own.
import { startScreen } from "./screen.js";

startScreen(document.querySelector("[data-screen]"));

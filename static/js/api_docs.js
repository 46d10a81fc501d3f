// Shows the description of the API by night where the system asks for it, as all other pages do. The
// library has such colours, and waits for somebody to choose them.

const night = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  document.documentElement.classList.toggle("dark-mode", night.matches);
}

follow();
night.addEventListener("change", follow);

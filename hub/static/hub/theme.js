/* Before the first paint: dark mode follows the system, and pages know that scripts run. */
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  root.classList.add("js");
  follow();
  dark.addEventListener("change", follow);
})();

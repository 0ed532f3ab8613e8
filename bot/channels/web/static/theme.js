// Light or dark, before anything is drawn: what was chosen by hand goes before what the system prefers.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("bon-tot:theme");
    } catch {
      return null;
    }
  };
  const show = () => {
    const theme = chosen() ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    document.querySelector("[data-part=theme]")?.setAttribute("aria-pressed", String(theme === "dark"));
  };
  show();
  dark.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.querySelector("[data-part=theme]").addEventListener("click", () => {
      const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("bon-tot:theme", theme);
      } catch {
        document.documentElement.dataset.theme = theme;
      }
      show();
    });
  });
})();

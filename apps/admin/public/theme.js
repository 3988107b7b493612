// Before the first paint: the theme that was chosen here before, else the system's.
(() => {
  const theme = localStorage.getItem('eris-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();

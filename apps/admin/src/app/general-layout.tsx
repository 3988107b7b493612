import { Outlet } from '@tanstack/react-router';

/** Pages that are about no market. */
export function GeneralLayout() {
  return (
    <main id="content">
      <Outlet />
    </main>
  );
}

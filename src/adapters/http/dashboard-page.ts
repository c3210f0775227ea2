/** The dashboard's page for a status server to show; loaded when it is asked for, for whoever serves none. */
export async function dashboardPage(): Promise<string> {
  return (await import('./dashboard-page.generated.js')).DASHBOARD_PAGE
}

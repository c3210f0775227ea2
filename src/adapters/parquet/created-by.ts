/** What the files that this program writes say of their origin. */
export const CREATED_BY = 'dolphin-engine'

// Addresses that pages of this device need without having been told: most of them also open without a connection.

export const OFFLINE_PAGE = "/offline/";
export const DEVICE = "/cpd/device/";
export const RECENT = "/cpd/activities/recent.json";
export const ADD = "/cpd/activities/new/";

/** Where the activity with this id is changed. */
export function editAddress(id) {
  return `/cpd/activities/${id}/edit/`;
}

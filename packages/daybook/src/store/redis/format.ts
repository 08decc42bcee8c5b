// The format of what is stored in Redis: a store with a higher one is of a newer daybook.

/** Whoever lifts a store raises the number there first: from then on functions of older versions refuse every call. */
export const presentFormat = 1

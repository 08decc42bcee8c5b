// Which files reach a model: those of text as text, and pictures where it sees them; all others are only named.

export const isText = (mediaType: string): boolean =>
  /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript|typescript|x-sh)\b/.test(mediaType)

/** In a form that every provider with models that see takes. */
export const isPicture = (mediaType: string): boolean => /^image\/(?:png|jpeg|gif|webp)$/.test(mediaType)

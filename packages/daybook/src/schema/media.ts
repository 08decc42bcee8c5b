// Which files reach a model: those of text as text, pictures and PDF where it sees them; all others are only named.

export const isTextType = (mediaType: string): boolean =>
  /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript|typescript|x-sh)\b/.test(mediaType)

/** In a form that every provider with models that see takes. */
export const isPictureType = (mediaType: string): boolean => /^image\/(?:png|jpeg|gif|webp)$/.test(mediaType)

export const pdfType = 'application/pdf'

/** Whether a model gets the bytes of such a file. */
export const isSeenType = (
  mediaType: string,
  { images, pdf }: { readonly images: boolean; readonly pdf: boolean },
): boolean => (images && isPictureType(mediaType)) || (pdf && mediaType === pdfType)

// The words of the page in English: what the other languages have to have, too.

export const dictionary = {
  home: 'Home',
  find: 'Find',
  status: 'Status',
  notHere: 'There is nothing at this address.',
  toHome: 'To the beginning',
} as const

// The layout of an index file, and what makes one useless for this version: another layout, other words, other letters.

import { textVersion } from '../columns.ts'

/** Raised with every change of the layout. */
const layout = 2

/** An index with another mark is made anew. The runtime's tables of letters decide what a word is. */
export const version = `${layout}.${textVersion}.${process.versions.unicode ?? ''}`

export const placeNumbers = Object.freeze({ open: 0, archived: 1, trash: 2, deleted: 3 })
/** Sessions in a place above this one are no hits. */
export const lastSearched = placeNumbers.archived

/**
 * - `sessions.top` is the highest seq that was read; a lower one begins another session of the same id.
 * - `sessions.base` is what a fork goes on from, up to `base_seq`, unless that was deleted before the fork was read.
 * - `sessions.gone` are deleted ones whose texts still have to be taken out.
 * - `entries.no` rises in the order of the feed and is the rowid of `found`.
 * - `texts` is kept because nothing else tells which words to take out of `found` when an entry was erased: by then the
 *   store has forgotten them.
 * - `found` holds no text of its own, only words; every character but the space belongs to a word.
 */
export const ddl = `
CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sessions(
  sid INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, id TEXT NOT NULL, gone INTEGER NOT NULL,
  place INTEGER NOT NULL, owner TEXT NOT NULL, readers INTEGER NOT NULL,
  agent TEXT, current_agent TEXT NOT NULL, user TEXT, branch TEXT, repository TEXT, top INTEGER NOT NULL,
  base INTEGER, base_seq INTEGER) STRICT;
CREATE UNIQUE INDEX s_id ON sessions(tenant, id) WHERE gone = 0;
CREATE INDEX s_gone ON sessions(gone) WHERE gone = 1;
CREATE TABLE readers(sid INTEGER NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(sid, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE entries(
  no INTEGER PRIMARY KEY, sid INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL,
  weight INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX e_seq ON entries(sid, seq);
CREATE TABLE texts(no INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE found USING fts5(
  words, forms, grams, files, content='', tokenize="ascii tokenchars '_$@#./\\:-'");
INSERT INTO found(found, rank) VALUES('secure-delete', 1);
INSERT INTO found(found, rank) VALUES('hashsize', 8000000);
`

// The thread that gathers transcripts for `adopt`, with the readers of all known agents.

import { parentPort } from 'node:worker_threads'
import { readers } from './readers.ts'
import { redactor } from './session/redact.ts'
import { serveGathering } from './transcripts/threads.ts'

if (parentPort) serveGathering(parentPort, readers, redactor())

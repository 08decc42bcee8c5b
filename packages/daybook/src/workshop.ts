// Composes the run engine with its skills: built-in ones, and those of folders.

import { dirname, join } from 'node:path'
import type { Models } from './model/contract.ts'
import { keysInUse } from './model/keys.ts'
import type { ModelSettings } from './model/settings.ts'
import type { LivePrograms } from './program/contract.ts'
import { filesOf, type ReachSettings, reaching } from './reaching.ts'
import type { Tenant } from './schema/ids.ts'
import type { Search } from './search/search.ts'
import type { Sessions } from './session/contract.ts'
import { pathOf, splitAt } from './store-url.ts'
import type { Ahead } from './work/agents/ahead.ts'
import type { Recall } from './work/agents/contract.ts'
import type { BudgetConfig, Budgets } from './work/budgets/contract.ts'
import type { Work } from './work/contract.ts'
import type { Agents } from './work/performer.ts'
import type { ApprovalPolicy } from './work/policy.ts'
import type { Watch } from './work/programs/watch.ts'
import type { BuiltInSettings } from './work/skills/builtin/all.ts'
import type { Skills } from './work/skills/contract.ts'
import type { OpenSkills } from './work/skills/skills.ts'
import type { SummarySettings } from './work/summaries/contexts.ts'
import type { TeamDefinitions } from './work/teams/contract.ts'

export interface WorkSettings extends Pick<ReachSettings, 'fileFolders' | 'mcp'> {
  /** In whose registry the versions of skills are written down. */
  readonly tenant: Tenant
  /** Folders of skills, beside {@link skillFolderOf} the store. */
  readonly skillFolders?: readonly string[]
  /** Folders of agents and teams, beside the folder `agents` of the store. */
  readonly agentFolders?: readonly string[]
  /** Hosts that the skill `http-get` may ask, with a port where it is not the usual one; default: none. */
  readonly httpAllow?: readonly string[]
  /** Skills and steps that wait for an approval, beside those of high risk; `*` at the end stands for any ending. */
  readonly approve?: readonly string[]
  /** Absolute paths of the programs file and of the user's state folder; without, no programs are driven. */
  readonly programs?: { readonly file: string; readonly state: string }
  /** What is configured of models; without, agents that think have none. */
  readonly models?: ModelSettings
  /** What may be spent; default: as much as wanted. */
  readonly budgets?: BudgetConfig
  /** When the contexts of agents are summarised, and by what. */
  readonly summaries?: SummarySettings
  /** Finding over the same store, to recall what agents see no more; it stays open for its owner. Default: opened when it is needed. */
  readonly search?: Search
  /** Follow changes of the skills' folders, and look after processes that live on; default: false. */
  readonly watch?: boolean
  /** Milliseconds between two looks for due work; default one second. */
  readonly tickMs?: number
  readonly onError?: (error: unknown) => void
  /** Told of every skill's folder that cannot be read. */
  readonly onFault?: (fault: { readonly folder: string; readonly message: string }) => void
}

/** The run engine with its skills. */
export interface Workshop extends AsyncDisposable {
  readonly work: Work
  /** Null where none are driven. */
  readonly programs: LivePrograms | null
  /** Looks after processes that live on; null where no programs are driven. */
  readonly processes: Watch | null
  /** Null where nothing was said of models. */
  readonly models: Models | null
  /** Null where there are no models: then nobody spends. */
  readonly budgets: Budgets | null
  /** Null where nothing was said of models. */
  readonly ahead: Ahead | null
  readonly teams: TeamDefinitions | null
  readonly skills: OpenSkills
}

/** Where the skills of a store are looked for: the folder `skills` beside its file; null where it has none. */
export function skillFolderOf(url: string): string | null {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  return scheme === 'sqlite' && rest !== '' ? join(dirname(pathOf(splitAt(rest, '?')[0] ?? '')), 'skills') : null
}

/** Reads the skills, writes down their versions, and begins to look for due runs. Disposing lets runs come to their next step. */
export async function startWork(sessions: Sessions, store: string, settings: WorkSettings): Promise<Workshop> {
  const [{ openWork }, { recordSkills }, { agentsOf }] = await Promise.all([
    import('./work/work.ts'),
    import('./work/skills/record.ts'),
    import('./work/agents.ts'),
  ])
  const { approve, onError, tickMs } = settings
  const { blobs } = sessions.store.within({ tenant: settings.tenant, subjects: 'all' })
  const { recall, ...recalling } = await recallingOf(sessions, store, settings)
  const skills = await skillsOf(store, settings, { blobs: () => blobs, recall })
  const recording = await recordingOf(recordSkills, sessions, settings, skills)
  const reached = await reaching(skills, settings, (bytes) => blobs.put(bytes))
  const policy = approve ? { steps: approve } : undefined
  const thinking = settings.models
    ? await thinkingOf(sessions, store, reached.skills, policy, settings.models, { ...settings, recall })
    : null
  const known = thinking?.agents ?? agentsOf()
  const driving = settings.programs ? await drivingOf(sessions, store, settings.programs, settings, known) : null
  const alone = driving?.agents ?? known
  const agents = thinking?.inTeams(alone) ?? alone
  const counted = thinking ? thinking.budgets.counting(agents) : agents
  thinking?.among(counted)
  const work = openWork({
    sessions,
    skills: reached.skills,
    agents: counted,
    ...(policy ? { policy } : {}),
    ...(onError ? { onError } : {}),
    ...(tickMs === undefined ? {} : { tickMs }),
  })
  if (thinking) work.onEnded(({ run }) => thinking.contexts.ended(run))
  return {
    work,
    programs: driving?.programs ?? null,
    processes: driving?.processes ?? null,
    models: thinking?.models ?? null,
    budgets: thinking?.budgets ?? null,
    ahead: thinking?.ahead ?? null,
    teams: thinking?.teams ?? null,
    skills,
    async [Symbol.asyncDispose]() {
      recording.stop()
      await work.close()
      await driving?.close()
      await thinking?.[Symbol.asyncDispose]()
      await reached.close()
      await skills.close()
      await recording.settled()
      await recalling.close()
    },
  }
}

/** Those that are built in, and those of folders. */
async function skillsOf(store: string, settings: WorkSettings, given: BuiltInSettings): Promise<OpenSkills> {
  const [{ openSkills }, { skillOf }, { builtInSkills }] = await Promise.all([
    import('./work/skills/skills.ts'),
    import('./work/skills/skill.ts'),
    import('./work/skills/builtin/all.ts'),
  ])
  const { skillFolders = [], httpAllow = [], watch = false, onFault } = settings
  const own = skillFolderOf(store)
  const builtIn = builtInSkills({ httpAllow, ...given, ...filesOf(settings) })
  return openSkills({
    folders: [...skillFolders, ...(own === null ? [] : [own])],
    builtIn: builtIn.map((each) => skillOf(each, 'built-in')),
    watch,
    ...(onFault ? { onFault } : {}),
  })
}

/** Versions of skills are written down, now and after every change. */
async function recordingOf(
  recordSkills: typeof import('./work/skills/record.ts').recordSkills,
  sessions: Sessions,
  { tenant, onError }: WorkSettings,
  skills: OpenSkills,
) {
  const record = () => recordSkills(sessions, tenant, skills.list())
  const told = onError ?? ((error: unknown) => process.emitWarning(String(error)))
  let recorded: Promise<unknown> = record()
  const stop = skills.onChange(() => {
    recorded = recorded.then(record, record).catch(told)
  })
  await recorded
  return { stop, settled: () => recorded }
}

/** An index is opened when something is looked up first. */
async function recallingOf(sessions: Sessions, store: string, { tenant, search, onError }: WorkSettings) {
  const { openRecall } = await import('./recalling.ts')
  let own: Promise<Search> | undefined
  const opened = async (): Promise<Search> => {
    const { openFinding } = await import('./finding.ts')
    return openFinding(sessions.store, store)
  }
  const recall = openRecall({
    ...{ sessions, tenant },
    search() {
      own ??= search ? Promise.resolve(search) : opened()
      return own
    },
    onError: onError ?? ((error) => process.emitWarning(String(error))),
  })
  return { recall, close: async () => (search ? undefined : (await own)?.close()) }
}

/** The agents that ask models: built-in ones, and those of the folder `agents` beside the store. */
async function thinkingOf(
  sessions: Sessions,
  store: string,
  skills: Skills,
  policy: ApprovalPolicy | undefined,
  models: ModelSettings,
  {
    tenant,
    agentFolders = [],
    watch = false,
    summaries,
    budgets,
    recall,
    onError,
    onFault,
  }: WorkSettings & { readonly recall: Recall },
) {
  const { openThinking } = await import('./thinking.ts')
  const own = skillFolderOf(store)
  const folders = [...agentFolders, ...(own === null ? [] : [join(dirname(own), 'agents')])]
  const told = (path: string, message: string): void => {
    if (onFault) onFault({ folder: path, message })
    else process.emitWarning(`${path}: ${message}`)
  }
  return openThinking(sessions, {
    ...{ tenant, models, skills, folders, watch, policy, recall, summaries, budgets },
    onError: onError ?? ((error) => process.emitWarning(String(error))),
    onFault: ({ path, message }) => told(path, message),
  })
}

/** The agents that are programs of this machine, beside those that need none. */
async function drivingOf(
  sessions: Sessions,
  store: string,
  places: Places,
  { tenant, models, onError, watch = false }: Pick<WorkSettings, 'tenant' | 'models' | 'onError' | 'watch'>,
  known: Agents,
) {
  const [{ openDriving }, { withPrograms }, { openWatch }, { redactor }] = await Promise.all([
    import('./driving.ts'),
    import('./work/programs/agent.ts'),
    import('./work/programs/watch.ts'),
    import('./session/redact.ts'),
  ])
  const driving = await openDriving({ ...places, store, ...(onError ? { onError } : {}) })
  const { blobs } = sessions.store.within({ tenant, subjects: 'all' })
  const { text: masked } = redactor(models ? { values: keysInUse(models) } : {})
  const keep = (printed: Uint8Array): Promise<string> => {
    return blobs.put(new TextEncoder().encode(masked(new TextDecoder().decode(printed)).text))
  }
  const warned = onError ?? ((error: unknown) => process.emitWarning(String(error)))
  // A process that only does one thing looks after nothing.
  const every = watch ? {} : { everyMs: null }
  const processes = openWatch({ sessions, tenant, programs: driving, onError: warned, ...every })
  return {
    programs: driving,
    processes,
    agents: withPrograms(known, driving, keep, (name) => processes.see(name)),
    async close() {
      await processes[Symbol.asyncDispose]()
      await driving[Symbol.asyncDispose]()
    },
  }
}

type Places = NonNullable<WorkSettings['programs']>

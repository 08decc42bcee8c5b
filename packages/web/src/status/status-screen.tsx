// Status: the server, its store, who works here and what is wrong, in the words of `daybook doctor`.

import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Found, useLeft } from '../home/found.tsx'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { useConnection } from '../live/live.ts'
import { Button } from '../parts/button.tsx'
import { bytes, duration, fullTime } from '../parts/time.ts'
import { useTitle } from '../parts/title.ts'
import { useNow } from '../parts/use-now.ts'
import { Fault, Fine, Line, Part, Told } from './part.tsx'
import { SkillsPart, WorkPart } from './work-parts.tsx'

type Server = Awaited<ReturnType<typeof client.status>>

/** Milliseconds after which coming back asks anew. */
const fresh = 10_000

export function StatusScreen() {
  useTitle(t('status'))
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => client.status(false, { signal }),
    staleTime: fresh,
  })
  const left = useLeft()
  const { state } = useConnection()
  const { refetch } = status
  // The stream of this page counts, too.
  useEffect(() => {
    if (state === 'live') void refetch()
  }, [state, refetch])
  return (
    <div className="page grid items-start gap-x-8 wide:grid-cols-2">
      <h1 className="mb-4 text-large font-semibold wide:col-span-2">{t('status')}</h1>
      <div className="min-w-0">
        <Part id="findings" title={t('findings')} source={t('source_checks')} at={status.dataUpdatedAt}>
          <Told asked={status}>{(server) => <Findings server={server} />}</Told>
        </Part>
        <Part id="server" title={t('server')} source={t('source_server')} at={status.dataUpdatedAt}>
          <Told asked={status}>{(server) => <ServerLines server={server} />}</Told>
        </Part>
        <Part id="store" title={t('store')} source={t('source_store')} at={status.dataUpdatedAt}>
          <Told asked={status}>{(server) => <StoreLines server={server} />}</Told>
        </Part>
      </div>
      <div className="min-w-0">
        <AgentsPart />
        <Found left={left} />
        <WorkPart />
        <SkillsPart />
      </div>
    </div>
  )
}

function Findings({ server: { findings } }: { server: Server }) {
  const check = useQuery({
    queryKey: ['status', 'checked'],
    queryFn: ({ signal }) => client.status(true, { signal }),
    enabled: false,
  })
  const found = check.data?.findings ?? findings
  return (
    <>
      {found.map(({ part, state, detail, next }) => (
        <Line key={`${part} ${detail}`} name={part}>
          {state === 'ok' ? <Fine>{detail}</Fine> : <Fault>{detail}</Fault>}
          {next && <code className="ms-2 text-small">{next}</code>}
        </Line>
      ))}
      {found.length === 0 && (
        <Line name={t('server')}>
          <Fine>{t('nothingWrong')}</Fine>
        </Line>
      )}
      <p className="px-3 py-1.5">
        <Button disabled={check.isFetching} onClick={() => void check.refetch()}>
          {check.isFetching ? t('reading') : t('checkStore')}
        </Button>
      </p>
    </>
  )
}

function ServerLines({ server }: { server: Server }) {
  const { state } = useConnection()
  const now = useNow()
  const { version, node, started_at, streams, runs, search_lag_ms: lag, peers } = server
  return (
    <>
      <Line name={t('version')}>
        {version}, node {node}
      </Line>
      <Line name={t('runsSince')}>
        <time dateTime={started_at} title={fullTime(started_at)}>
          {duration(now - Date.parse(started_at))}
        </time>
      </Line>
      <Line name={t('stream')}>
        {state === 'live' ? (
          <Fine>{t('connection_live')}</Fine>
        ) : (
          <Fault>
            {t(state === 'catching_up' || state === 'restarted' ? 'connection_reading' : `connection_${state}`)}
          </Fault>
        )}
        {' · '}
        {t('streams', { n: streams })}
      </Line>
      <Line name={t('runs')}>{t('runsNow', { active: runs.active, waiting: runs.waiting })}</Line>
      {lag !== null && lag > 0 && (
        <Line name={t('find')}>
          <Fault>{t('indexLag', { time: duration(lag) })}</Fault>
        </Line>
      )}
      <Line name={t('otherServers')}>
        {peers.length === 0 ? t('noPeers') : peers.map(({ url, version }) => `${url} (${version})`).join(', ')}
      </Line>
    </>
  )
}

function StoreLines({ server: { store } }: { server: Server }) {
  return (
    <>
      <Line name={t('location')}>{store.location}</Line>
      <Line name={t('durability')}>
        {store.durable === 'power' ? <Fine>{t('durable_power')}</Fine> : <Fault>{t(`durable_${store.durable}`)}</Fault>}
      </Line>
      <Line name={t('contents')}>
        {t('sessionCount', { n: store.sessions })}, {t('entryCount', { n: store.entries })}
      </Line>
      <Line name={t('size')}>
        {bytes(store.bytes)}
        {store.blobs > 0 && `, ${t('blobCount', { n: store.blobs })} ${bytes(store.blob_bytes)}`}
      </Line>
    </>
  )
}

function AgentsPart() {
  const agents = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => client.runs.agents({ signal }),
    staleTime: fresh,
  })
  return (
    <Part id="agents" title={t('agents')} source={t('source_agents')} at={agents.dataUpdatedAt}>
      <Told asked={agents}>
        {(found) => (
          <>
            {found.map(({ name, kind, description }) => (
              <Line key={name} name={name} beside={t(`agent_${kind}`)}>
                {description}
              </Line>
            ))}
            {found.length === 0 && <p className="px-3 py-2 text-soft">{t('noAgents')}</p>}
          </>
        )}
      </Told>
    </Part>
  )
}

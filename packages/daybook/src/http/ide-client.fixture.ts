// The published models of the Flutter IDE client, as rules: which fields must be there, which may be null, of what type.

/** A type of the client's language; `?` may be absent or null, `[]` a list of it. */
type DartType = 'String' | 'int' | `${ModelName}[]`
type Field = DartType | `${DartType}?`
export type ModelName = 'ChatMessage' | 'AgentSwitch' | 'SessionHistory' | 'SessionInfo' | 'SessionListResponse'

export const models: Readonly<Record<ModelName, Readonly<Record<string, Field>>>> = {
  ChatMessage: { role: 'String', content: 'String', name: 'String?' },
  AgentSwitch: { from: 'String', to: 'String', reason: 'String', timestamp: 'String' },
  SessionHistory: {
    session_id: 'String',
    messages: 'ChatMessage[]',
    message_count: 'int',
    last_activity: 'String?',
    current_agent: 'String?',
    agent_history: 'AgentSwitch[]?',
  },
  SessionInfo: { session_id: 'String', message_count: 'int', last_activity: 'String', current_agent: 'String?' },
  SessionListResponse: { sessions: 'SessionInfo[]', total: 'int' },
}

/** Reads JSON as the client's generated code does: a field of another type throws there, unknown fields are ignored. */
export function faults(model: ModelName, json: unknown, path: string = model): string[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return [`${path} is no object`]
  return Object.entries(models[model]).flatMap(([name, field]) => {
    const value = (json as Record<string, unknown>)[name]
    const optional = field.endsWith('?')
    if (value === undefined || value === null) return optional ? [] : [`${path}.${name} is missing`]
    return fieldFaults(field.replace('?', '') as DartType, value, `${path}.${name}`)
  })
}

function fieldFaults(type: DartType, value: unknown, path: string): string[] {
  if (type === 'String') return typeof value === 'string' ? [] : [`${path} is no String`]
  if (type === 'int') return Number.isInteger(value) ? [] : [`${path} is no int`]
  const item = type.slice(0, -2) as ModelName
  if (!Array.isArray(value)) return [`${path} is no List`]
  return value.flatMap((one, index) => faults(item, one, `${path}[${index}]`))
}

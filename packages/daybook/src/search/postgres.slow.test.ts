// The PostgreSQL index keeps the contract of search indexes, on a real server.
import { describe, it } from 'node:test'
import { connect } from '../search-postgres.ts'
import { dropSchema, freshSchema, sharedServer } from '../store/postgres/server.fixture.ts'
import { searchConformance } from './conformance.ts'
import { postgresIndex } from './postgres.ts'

searchConformance(
  { describe, it },
  {
    name: 'postgres',
    async create() {
      const { url } = await sharedServer()
      const schema = freshSchema()
      const made = () => postgresIndex({ connect: () => connect({ url }), schema })
      const index = made()
      const opened = [index]
      const another = async () => {
        const next = made()
        opened.push(next)
        await next.open()
        return next
      }
      return {
        index,
        async reopen() {
          for (const each of opened.splice(0)) await each.close()
          return another()
        },
        twin: another,
        async dispose() {
          for (const each of opened) await each.close()
          await dropSchema(url, `${schema}_search`)
        },
      }
    },
  },
)

// Checks values against the shapes of the OpenAPI document with an independent validator.

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonObject } from './openapi.ts'

export interface Shapes {
  /** What does not fit, in words; nothing when all does. */
  fits(schema: object, value: unknown): string[]
}

export function shapes(document: JsonObject): Shapes {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })
  addFormats.default(ajv)
  ajv.addVocabulary(['components'])
  ajv.addSchema({ $id: 'doc', components: document.components } as object)
  const checks = new Map<string, ReturnType<typeof ajv.compile>>()
  return {
    fits(schema, value) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"doc#/components/')
      let check = checks.get(text)
      if (!check) {
        check = ajv.compile(JSON.parse(text) as object)
        checks.set(text, check)
      }
      check(value)
      return (check.errors ?? []).map(
        (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
      )
    },
  }
}

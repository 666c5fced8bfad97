import { CommonsError } from '../../errors.js'
import { checkParameters, readBoolean, readText, type Query } from '../../http/query.js'
import type { ImportPlan } from '../plan/plan.js'
import { templateOrders } from './template-columns.js'
import type { TemplateRequest } from './template.js'

/**
 * Reads which template is wanted.
 *
 * @throws CommonsError `unknown_parameter`, `invalid_parameter`
 */
export function readTemplateRequest ({ formats }: Pick<ImportPlan, 'formats'>, query: Query): TemplateRequest {
  checkParameters(query, ['format', 'include_examples', 'order_by'])
  return {
    format: readChoice(query, 'format', formats),
    includeExamples: readBoolean(query, 'include_examples') ?? false,
    order: readChoice(query, 'order_by', templateOrders) ?? templateOrders[0]!
  }
}

function readChoice<Choice extends string> (
  query: Query,
  parameter: string,
  choices: readonly Choice[]
): Choice | undefined {
  const text = readText(query, parameter)
  const choice = choices.find(one => one === text)
  if (text === undefined || choice !== undefined) return choice
  throw new CommonsError('invalid_parameter', { params: { parameter, problem: `must be ${choices.join(' or ')}` } })
}

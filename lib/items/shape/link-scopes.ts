import type { Link } from '../../sql/port/filter.js'
import type { OrderValue } from '../../sql/port/ordering.js'
import type { ItemShape } from './item-shape.js'
import { inheritedRule, type RootScope, type ScopeRule } from '../../scope/scope-rule.js'
import type { Scopes } from '../../scope/scopes.js'

export type DeclaredRelations = ItemShape['related']

/** Where paths of relations begin. */
export interface PathStart extends Pick<ItemShape, 'model' | 'related'> {
  readonly root: RootScope
}

/**
 * Checks that it can be told which rows the links of a path lead to.
 *
 * @throws TypeError for fields of the scope that a model has in another type
 */
export function checkLinks (start: PathStart, links: readonly Link[]): void {
  rulesOf(start, links)
}

/**
 * The rule of the rows behind a link; `declared` are the relations of the model it starts from, undefined behind one
 * that is not declared.
 */
export function ruleOf ({ model, root }: PathStart, declared: DeclaredRelations | undefined, link: Link): ScopeRule {
  return (
    declared?.get(link.name)?.scope ??
    inheritedRule(`resource ${model.name}: relation "${link.name}"`, root, link.model)
  )
}

function rulesOf (start: PathStart, links: readonly Link[]): readonly ScopeRule[] {
  let declared: DeclaredRelations | undefined = start.related
  return links.map(link => {
    const rule = ruleOf(start, declared, link)
    declared = declared?.get(link.name)?.shape.related
    return rule
  })
}

/** The links of a path, each to the rows within the scope alone. */
export function scopedLinks (start: PathStart, links: readonly Link[], scopes: Scopes): readonly Link[] {
  return rulesOf(start, links).map((rule, i) => scopedLink(links[i]!, rule, scopes))
}

/** A value that is computed of the rows within the scope alone. */
export function scopedValue<Value extends OrderValue> (start: PathStart, value: Value, scopes: Scopes): Value {
  return value.kind === 'expression' ? value : { ...value, links: scopedLinks(start, value.links, scopes) }
}

/** A link to the rows within the scope alone. */
export function scopedLink (link: Link, rule: ScopeRule, scopes: Scopes): Link {
  const { visible } = scopes.of(rule)
  return visible === null ? link : { ...link, required: false, filter: visible }
}

/** The values that say whose rows an answer of a resource shows, those of its relations included. */
export function scopeIdentity (shape: Pick<ItemShape, 'related'>, scopes: Scopes): readonly unknown[] {
  return [scopes.own, ...ownValues(rulesIn(shape), scopes)]
}

/** What rules with values of their own come to. */
export function ownValues (rules: readonly ScopeRule[], scopes: Scopes): readonly unknown[] {
  return rules.filter(({ own }) => Object.keys(own).length > 0).map(rule => scopes.of(rule).values)
}

function rulesIn ({ related }: Pick<ItemShape, 'related'>): readonly ScopeRule[] {
  return [...related.values()].flatMap(({ scope, shape }) => [scope, ...rulesIn(shape)])
}

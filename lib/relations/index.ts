export {
  relation, idToData, idToStr, dataToId, dataToStr, dataToData, strToData, strOnly, idOnly, flexible, custom,
  readOnlyId, readOnlyStr, readOnlyData, readOnlyCustom, writeOnly,
  manyIdToData, manyDataToId, manyDataToData, manyStrToData, manyIdOnly, manyStrOnly, manyFlexible, manyReadOnlyData,
  type OutputContext, type ReadForm, type RelatedRow, type RelationDefinition, type RelationDefinitions, type RelationMode, type RelationOptions, type RelationSettings, type WriteForm
} from './definition.js'

/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query DraftLocks {\n  datasets(first: 5, filter: {vendors: [DATADOG]}) {\n    nodes {\n      name\n      project {\n        name\n      }\n      draftLock {\n        holder {\n          name\n          email\n        }\n        since\n        kind\n      }\n      versions(first: 3) {\n        nodes {\n          number\n          lastUsedAt\n        }\n      }\n    }\n  }\n}": typeof types.DraftLocksDocument,
    "query EveryVendor {\n  datasets(first: 10) {\n    nodes {\n      id\n      vendor\n      name\n      createdAt\n      itemCount\n      latestVersion {\n        ref\n        createdAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    sourceErrors {\n      vendor\n      code\n      message\n    }\n  }\n}": typeof types.EveryVendorDocument,
    "query ItemsAndDeployments {\n  datasets(first: 2, filter: {vendors: [HUMANLOOP]}) {\n    nodes {\n      name\n      latestVersion {\n        ref\n        items(first: 2) {\n          totalCount\n          nodes {\n            input\n            expectedOutput\n          }\n        }\n      }\n      details {\n        ... on HumanloopDatasetDetails {\n          path\n          environments {\n            environmentName\n            isDefault\n            version {\n              name\n              createdAt\n            }\n          }\n        }\n      }\n    }\n  }\n}": typeof types.ItemsAndDeploymentsDocument,
    "query Projects {\n  projects {\n    nodes {\n      name\n      datasets(first: 3) {\n        nodes {\n          name\n        }\n      }\n    }\n  }\n  modelLabProjects(first: 5) {\n    totalCount\n    page {\n      number\n      last\n    }\n    nodes {\n      name\n      isStarred\n      tags {\n        key\n        value\n      }\n    }\n  }\n}": typeof types.ProjectsDocument,
    "query Prompts {\n  prompts(first: 6) {\n    nodes {\n      vendor\n      name\n      versionCount\n      currentVersion {\n        ref\n        number\n        createdAt\n        content {\n          __typename\n          ... on TextPrompt {\n            text\n          }\n          ... on ChatPrompt {\n            messages {\n              role\n              content\n            }\n          }\n          ... on JsonPrompt {\n            value\n          }\n        }\n      }\n    }\n  }\n}": typeof types.PromptsDocument,
    "query Reviews {\n  traceReviews(first: 5) {\n    totalCount\n    nodes {\n      traceId\n      comment\n      reviewedBy {\n        name\n        email\n      }\n      scores {\n        definitionName\n        value {\n          ... on CategoricalScore {\n            values\n          }\n          ... on NumericScore {\n            decimal: value\n          }\n          ... on BooleanScore {\n            yes: value\n          }\n        }\n      }\n    }\n  }\n}": typeof types.ReviewsDocument,
    "query Sources {\n  sources {\n    vendor\n    status\n    statusReason\n    sandbox\n    datasetCapabilities\n    rateLimit {\n      limit\n      remaining\n      resetsAt\n    }\n  }\n}": typeof types.SourcesDocument,
};
const documents: Documents = {
    "query DraftLocks {\n  datasets(first: 5, filter: {vendors: [DATADOG]}) {\n    nodes {\n      name\n      project {\n        name\n      }\n      draftLock {\n        holder {\n          name\n          email\n        }\n        since\n        kind\n      }\n      versions(first: 3) {\n        nodes {\n          number\n          lastUsedAt\n        }\n      }\n    }\n  }\n}": types.DraftLocksDocument,
    "query EveryVendor {\n  datasets(first: 10) {\n    nodes {\n      id\n      vendor\n      name\n      createdAt\n      itemCount\n      latestVersion {\n        ref\n        createdAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    sourceErrors {\n      vendor\n      code\n      message\n    }\n  }\n}": types.EveryVendorDocument,
    "query ItemsAndDeployments {\n  datasets(first: 2, filter: {vendors: [HUMANLOOP]}) {\n    nodes {\n      name\n      latestVersion {\n        ref\n        items(first: 2) {\n          totalCount\n          nodes {\n            input\n            expectedOutput\n          }\n        }\n      }\n      details {\n        ... on HumanloopDatasetDetails {\n          path\n          environments {\n            environmentName\n            isDefault\n            version {\n              name\n              createdAt\n            }\n          }\n        }\n      }\n    }\n  }\n}": types.ItemsAndDeploymentsDocument,
    "query Projects {\n  projects {\n    nodes {\n      name\n      datasets(first: 3) {\n        nodes {\n          name\n        }\n      }\n    }\n  }\n  modelLabProjects(first: 5) {\n    totalCount\n    page {\n      number\n      last\n    }\n    nodes {\n      name\n      isStarred\n      tags {\n        key\n        value\n      }\n    }\n  }\n}": types.ProjectsDocument,
    "query Prompts {\n  prompts(first: 6) {\n    nodes {\n      vendor\n      name\n      versionCount\n      currentVersion {\n        ref\n        number\n        createdAt\n        content {\n          __typename\n          ... on TextPrompt {\n            text\n          }\n          ... on ChatPrompt {\n            messages {\n              role\n              content\n            }\n          }\n          ... on JsonPrompt {\n            value\n          }\n        }\n      }\n    }\n  }\n}": types.PromptsDocument,
    "query Reviews {\n  traceReviews(first: 5) {\n    totalCount\n    nodes {\n      traceId\n      comment\n      reviewedBy {\n        name\n        email\n      }\n      scores {\n        definitionName\n        value {\n          ... on CategoricalScore {\n            values\n          }\n          ... on NumericScore {\n            decimal: value\n          }\n          ... on BooleanScore {\n            yes: value\n          }\n        }\n      }\n    }\n  }\n}": types.ReviewsDocument,
    "query Sources {\n  sources {\n    vendor\n    status\n    statusReason\n    sandbox\n    datasetCapabilities\n    rateLimit {\n      limit\n      remaining\n      resetsAt\n    }\n  }\n}": types.SourcesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query DraftLocks {\n  datasets(first: 5, filter: {vendors: [DATADOG]}) {\n    nodes {\n      name\n      project {\n        name\n      }\n      draftLock {\n        holder {\n          name\n          email\n        }\n        since\n        kind\n      }\n      versions(first: 3) {\n        nodes {\n          number\n          lastUsedAt\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query DraftLocks {\n  datasets(first: 5, filter: {vendors: [DATADOG]}) {\n    nodes {\n      name\n      project {\n        name\n      }\n      draftLock {\n        holder {\n          name\n          email\n        }\n        since\n        kind\n      }\n      versions(first: 3) {\n        nodes {\n          number\n          lastUsedAt\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query EveryVendor {\n  datasets(first: 10) {\n    nodes {\n      id\n      vendor\n      name\n      createdAt\n      itemCount\n      latestVersion {\n        ref\n        createdAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    sourceErrors {\n      vendor\n      code\n      message\n    }\n  }\n}"): (typeof documents)["query EveryVendor {\n  datasets(first: 10) {\n    nodes {\n      id\n      vendor\n      name\n      createdAt\n      itemCount\n      latestVersion {\n        ref\n        createdAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    sourceErrors {\n      vendor\n      code\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ItemsAndDeployments {\n  datasets(first: 2, filter: {vendors: [HUMANLOOP]}) {\n    nodes {\n      name\n      latestVersion {\n        ref\n        items(first: 2) {\n          totalCount\n          nodes {\n            input\n            expectedOutput\n          }\n        }\n      }\n      details {\n        ... on HumanloopDatasetDetails {\n          path\n          environments {\n            environmentName\n            isDefault\n            version {\n              name\n              createdAt\n            }\n          }\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query ItemsAndDeployments {\n  datasets(first: 2, filter: {vendors: [HUMANLOOP]}) {\n    nodes {\n      name\n      latestVersion {\n        ref\n        items(first: 2) {\n          totalCount\n          nodes {\n            input\n            expectedOutput\n          }\n        }\n      }\n      details {\n        ... on HumanloopDatasetDetails {\n          path\n          environments {\n            environmentName\n            isDefault\n            version {\n              name\n              createdAt\n            }\n          }\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Projects {\n  projects {\n    nodes {\n      name\n      datasets(first: 3) {\n        nodes {\n          name\n        }\n      }\n    }\n  }\n  modelLabProjects(first: 5) {\n    totalCount\n    page {\n      number\n      last\n    }\n    nodes {\n      name\n      isStarred\n      tags {\n        key\n        value\n      }\n    }\n  }\n}"): (typeof documents)["query Projects {\n  projects {\n    nodes {\n      name\n      datasets(first: 3) {\n        nodes {\n          name\n        }\n      }\n    }\n  }\n  modelLabProjects(first: 5) {\n    totalCount\n    page {\n      number\n      last\n    }\n    nodes {\n      name\n      isStarred\n      tags {\n        key\n        value\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Prompts {\n  prompts(first: 6) {\n    nodes {\n      vendor\n      name\n      versionCount\n      currentVersion {\n        ref\n        number\n        createdAt\n        content {\n          __typename\n          ... on TextPrompt {\n            text\n          }\n          ... on ChatPrompt {\n            messages {\n              role\n              content\n            }\n          }\n          ... on JsonPrompt {\n            value\n          }\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query Prompts {\n  prompts(first: 6) {\n    nodes {\n      vendor\n      name\n      versionCount\n      currentVersion {\n        ref\n        number\n        createdAt\n        content {\n          __typename\n          ... on TextPrompt {\n            text\n          }\n          ... on ChatPrompt {\n            messages {\n              role\n              content\n            }\n          }\n          ... on JsonPrompt {\n            value\n          }\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Reviews {\n  traceReviews(first: 5) {\n    totalCount\n    nodes {\n      traceId\n      comment\n      reviewedBy {\n        name\n        email\n      }\n      scores {\n        definitionName\n        value {\n          ... on CategoricalScore {\n            values\n          }\n          ... on NumericScore {\n            decimal: value\n          }\n          ... on BooleanScore {\n            yes: value\n          }\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query Reviews {\n  traceReviews(first: 5) {\n    totalCount\n    nodes {\n      traceId\n      comment\n      reviewedBy {\n        name\n        email\n      }\n      scores {\n        definitionName\n        value {\n          ... on CategoricalScore {\n            values\n          }\n          ... on NumericScore {\n            decimal: value\n          }\n          ... on BooleanScore {\n            yes: value\n          }\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Sources {\n  sources {\n    vendor\n    status\n    statusReason\n    sandbox\n    datasetCapabilities\n    rateLimit {\n      limit\n      remaining\n      resetsAt\n    }\n  }\n}"): (typeof documents)["query Sources {\n  sources {\n    vendor\n    status\n    statusReason\n    sandbox\n    datasetCapabilities\n    rateLimit {\n      limit\n      remaining\n      resetsAt\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;
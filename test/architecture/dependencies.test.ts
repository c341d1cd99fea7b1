import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './cruise-tree.ts';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly deprecated?: string;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
}

// Both are written by npm, or the tests that read their members fail.
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

function named(found: typeof installed): readonly string[] {
  return found.map(([path]) => path.replace(/^.*node_modules\//, ''));
}

describe('what is installed', () => {
  it('runs no script but that of the runtime', () => {
    expect(named(installed.filter(([, { hasInstallScript }]) => hasInstallScript === true))).toEqual([
      'node',
    ]);
    expect(manifest.allowScripts).toEqual({ node: true });
  });

  it('is of exact versions, each with a hash', () => {
    const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(named(installed.filter(([, { integrity }]) => integrity === undefined))).toEqual([]);
  });

  it('holds nothing in production that its makers have given up', () => {
    const production = installed.filter(([, { dev }]) => dev !== true);
    expect(production.length).toBeGreaterThan(20);
    expect(named(production.filter(([, { deprecated }]) => deprecated !== undefined))).toEqual([]);
  });
});

// The part of htm/preact/standalone that the page uses; the package has no types for it.
type Element = object
export declare function html(strings: TemplateStringsArray, ...values: unknown[]): Element
export declare function render(what: Element, where: HTMLElement): void
export declare function useState<T>(initial: T | (() => T)): [T, (next: T | ((before: T) => T)) => void]
export declare function useEffect(effect: () => unknown, inputs?: readonly unknown[]): void
export declare function useLayoutEffect(effect: () => unknown, inputs?: readonly unknown[]): void
export declare function useMemo<T>(make: () => T, inputs: readonly unknown[]): T
export declare function useRef<T>(initial: T): { current: T }

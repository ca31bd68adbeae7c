// Stands in for the package of this name, whose import Next refuses in the browser and Node refuses everywhere.
export {};

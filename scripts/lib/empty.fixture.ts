// Not a test of ours: a file that registers no test, which has to count as a failure.
export {}

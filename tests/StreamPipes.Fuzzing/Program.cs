using StreamPipes.Fuzzing;

return CommandLine.Run(args);

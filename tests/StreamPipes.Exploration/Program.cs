using StreamPipes.Exploration;

return CommandLine.Run(args);

using System.IO.Pipelines;

namespace StreamPipes.Testing.Running;

/// <summary>For pipes of the test's own, whose wake-ups belong to the run.</summary>
internal sealed class RunScheduler : PipeScheduler
{
    private readonly RunLoop _loop;

    public RunScheduler(RunLoop loop) => _loop = loop;

    public override void Schedule(Action<object?> action, object? state) => _loop.Schedule(action, state);
}

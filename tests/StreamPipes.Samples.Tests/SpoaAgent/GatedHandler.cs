using System.Buffers;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>Answers each message with its <c>key</c>, as the variable <c>echo</c>; messages whose key is <c>held</c> wait at a gate first.</summary>
internal sealed class GatedHandler : IMessageHandler
{
    public Gate Gate { get; } = new();

    /// <summary>Counts those who have come to the gate.</summary>
    public OperationControl Held { get; } = new();

    public ValueTask<ActionList> HandleAsync(MessageReader messages, CancellationToken cancellationToken)
    {
        string key = "";
        while (messages.TryRead())
        {
            while (messages.TryReadArgument(out ReadOnlySequence<byte> name, out SpopValue value))
            {
                if (name.Is("key"u8)) key = value.ToText();
            }
        }

        return key switch
        {
            "held" => HoldAsync(cancellationToken),
            "broken" => throw new SpopException(SpopStatus.InvalidFrame, "the test wants it"),
            "failing" => ValueTask.FromException<ActionList>(new InvalidOperationException("the test wants it")),
            "endless" => new ValueTask<ActionList>(Echo(new string('x', 20_000))),
            _ => new ValueTask<ActionList>(Echo(key)),
        };
    }

    private async ValueTask<ActionList> HoldAsync(CancellationToken cancellationToken)
    {
        await Held.EnterAsync(new TaskCompletionSource().Task, cancellationToken);
        await Gate.WaitAsync(cancellationToken);
        return Echo("held");
    }

    private static ActionList Echo(string value) => new ActionList().Set(VariableScope.Transaction, "echo", value);
}

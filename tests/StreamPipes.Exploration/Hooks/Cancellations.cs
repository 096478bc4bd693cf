using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Hooks;

/// <summary>What rewritten code calls for cancellation. The framework's classes do the work, one step at a time.</summary>
public static class Cancellations
{
    private static readonly ConditionalWeakTable<Execution, Dictionary<CancellationTokenRegistration, Callback>> Callbacks = [];

    [Replaces(typeof(CancellationToken), "get_IsCancellationRequested")]
    public static bool IsCancellationRequested(ref CancellationToken token)
    {
        if (token.CanBeCanceled) Tasks.Step("looks at a token");
        return token.IsCancellationRequested;
    }

    [Replaces(typeof(CancellationTokenSource), "get_IsCancellationRequested")]
    public static bool IsCancellationRequested(CancellationTokenSource source)
    {
        Tasks.Step("looks at a token");
        return source.IsCancellationRequested;
    }

    [Replaces(typeof(CancellationTokenSource), nameof(CancellationTokenSource.Cancel))]
    public static void Cancel(CancellationTokenSource source)
    {
        Tasks.Step("cancels");
        source.Cancel();
    }

    [SuppressMessage("Design", "CA1068:CancellationToken parameters must come last", Justification = "It is the instance.")]
    [Replaces(typeof(CancellationToken), nameof(CancellationToken.UnsafeRegister))]
    [Replaces(typeof(CancellationToken), nameof(CancellationToken.Register))]
    public static CancellationTokenRegistration Register(ref CancellationToken token, Action<object?> callback, object? state)
    {
        if (SimulatedThread.Current is not { } thread) return token.UnsafeRegister(callback, state);
        Tasks.Step("registers a callback");
        Callback wrapped = new(callback, state);
        CancellationTokenRegistration registration = token.UnsafeRegister(static callback => ((Callback)callback!).Run(), wrapped);
        Callbacks.GetOrCreateValue(thread.Execution)[registration] = wrapped;
        return registration;
    }

    /// <summary>Waits for a callback that runs, as the framework does.</summary>
    [Replaces(typeof(CancellationTokenRegistration), nameof(CancellationTokenRegistration.Dispose))]
    public static void Dispose(ref CancellationTokenRegistration registration)
    {
        if (registration == default || SimulatedThread.Current is not { } thread)
        {
            registration.Dispose();
            return;
        }

        // No step between the look and the dispose: the callback could begin.
        Tasks.Step("unregisters a callback");
        bool waits = Callbacks.GetOrCreateValue(thread.Execution).Remove(registration, out Callback? callback) && callback.RunsOn is { } other && other != thread;
        if (waits) thread.Execution.Block(thread, () => callback!.RunsOn is null, "a callback of a token");
        registration.Dispose();
        if (waits) Tasks.Step("has waited for a callback");
    }

    private sealed class Callback
    {
        private readonly Action<object?> _callback;
        private readonly object? _state;

        public Callback(Action<object?> callback, object? state)
        {
            _callback = callback;
            _state = state;
        }

        public SimulatedThread? RunsOn { get; private set; }

        public void Run()
        {
            RunsOn = SimulatedThread.Current;
            Tasks.Step("runs a callback");
            _callback(_state);
            Tasks.Step("has run a callback");

            // No step from here on: the framework, too, holds it to be running until it has returned.
            RunsOn = null;
        }
    }
}

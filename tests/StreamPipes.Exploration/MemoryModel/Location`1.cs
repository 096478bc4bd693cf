using System.Runtime.InteropServices;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.MemoryModel;

/// <summary>
/// One place in the simulated memory: the values written to it, in order, each with what its writer has shown with it. A read chooses among those
/// that the reader is not bound to have left behind; an interlocked operation takes the last one.
/// </summary>
public sealed class Location<T> : Location
{
    private readonly List<Message> _messages = [];
    private T _base = default!;

    internal Location(Field field, ulong identity, ObjectShadow? owner)
        : base(field, identity, owner) => _messages.Add(new Message(_base, Released: null, Published: null, identity));

    private protected override int Newest => _messages.Count - 1;

    private protected override ulong NewestHash => _messages[^1].Hash;

    /// <summary>The last value written, for whoever looks from outside, when nothing runs.</summary>
    internal T Last
    {
        get => _messages[^1].Value;
        set
        {
            _base = value;
            Restart();
        }
    }

    private protected override void Restart()
    {
        _messages.Clear();
        _messages.Add(new Message(_base, Released: null, Published: null, Identity));
    }

    internal T Read(AccessKind kind)
    {
        if (SimulatedThread.Current is not { } thread) return Last;
        Execution execution = thread.Execution;
        Enter(execution);
        bool isVisible = kind != AccessKind.Plain || Field.IsRacy;
        if (isVisible) execution.Point(thread, this, kind == AccessKind.Plain ? "reads" : "acquires");
        else if (RacesWithWrites(thread)) execution.NoteRace(Field);
        NoteRead(thread);
        int oldest = OldestReadable(thread);
        int choice = _messages.Count - 1;
        if (oldest < choice) choice -= execution.ChooseMessage(thread, choice - oldest + 1);
        Message message = _messages[choice];
        thread.View.Raise(Index, choice);
        Take(thread, message, kind);
        if (isVisible)
        {
            execution.Add(thread, Hash.Mix(Identity, message.Hash, 1));
            execution.Say(thread, message.Value, choice < _messages.Count - 1 ? $" (old; the last is {_messages[^1].Value?.ToString() ?? "null"})" : null);
        }

        return message.Value;
    }

    internal void Write(T value, AccessKind kind)
    {
        if (SimulatedThread.Current is not { } thread)
        {
            Last = value;
            return;
        }

        Execution execution = thread.Execution;
        Enter(execution);
        bool isVisible = kind != AccessKind.Plain || Field.IsRacy;
        if (isVisible) execution.Point(thread, this, kind == AccessKind.Plain ? "writes" : "releases");
        else if (RacesWithWrites(thread) || RacesWithReads(thread)) execution.NoteRace(Field);

        Append(thread, value, kind == AccessKind.AcquireRelease, isVisible ? Hash.Mix(Identity, NewestHash, 2) : Hash.Mix(Identity, thread.LastHash, 3));
        if (isVisible)
        {
            execution.Add(thread, Hash.Mix(Identity, _messages[^1].Hash, 4));
            execution.Say(thread, value, note: null);
        }
    }

    /// <summary>Reads the last value and may write another one, in one step, with a full fence on both sides.</summary>
    internal T Exchange(Func<T, T>? change, string verb, Func<T, bool>? condition = null, bool isFence = true)
    {
        if (SimulatedThread.Current is not { } thread)
        {
            T before = Last;
            if (change is not null && (condition is null || condition(before))) Last = change(before);
            return before;
        }

        Execution execution = thread.Execution;
        Enter(execution);
        execution.Point(thread, this, verb);
        NoteRead(thread);
        if (isFence) execution.Fence(thread);
        Message last = _messages[^1];
        thread.View.Raise(Index, _messages.Count - 1);
        Take(thread, last, AccessKind.AcquireRelease);
        bool writes = change is not null && (condition is null || condition(last.Value));
        if (writes) Append(thread, change!(last.Value), isRelease: true, Hash.Mix(Identity, last.Hash, 5));
        if (isFence) execution.Fence(thread);
        execution.Add(thread, Hash.Mix(Identity, last.Hash, writes ? 6UL : 7UL));
        execution.Say(thread, last.Value, writes ? $" -> {Last?.ToString() ?? "null"}" : change is null ? null : " (left)");
        return last.Value;
    }

    /// <summary>Adds in one step, and orders nothing.</summary>
    internal int Relaxed(int count)
    {
        if (SimulatedThread.Current is not { } thread)
        {
            int before = (int)(object)Last!;
            _messages.Add(new Message((T)(object)(before + count), Released: null, Published: null, Identity));
            return before;
        }

        Execution execution = thread.Execution;
        Enter(execution);
        execution.Point(thread, this, count == 0 ? "looks at" : "adds to");
        Message last = _messages[^1];
        ulong hash = Hash.Mix(Identity, last.Hash, 8);
        int value = (int)(object)last.Value!;
        if (count != 0) _messages.Add(new Message((T)(object)(value + count), Released: null, Published: null, Hash.Mix(hash, thread.LastHash)));
        if (count != 0) execution.NoteWrite(thread);
        execution.Add(thread, hash);
        execution.Say(thread, value, count == 0 ? null : $" -> {value + count}");
        return value;
    }

    internal T CompareExchange(T value, T comparand) => Exchange(
        _ => value,
        "compare-exchanges",
        last => typeof(T).IsValueType ? EqualityComparer<T>.Default.Equals(last, comparand) : ReferenceEquals(last, comparand));

    private static void Take(SimulatedThread thread, in Message message, AccessKind kind)
    {
        if (kind == AccessKind.AcquireRelease) thread.View.Join(message.Released);
        else thread.Pending.Join(message.Released);
        if (message.Published is not null) thread.Execution.NoteReference(thread, message.Value, message.Published);
    }

    private void Append(SimulatedThread thread, T value, bool isRelease, ulong hash)
    {
        thread.View.Tick(thread.Id);
        thread.View.Raise(Index, _messages.Count);

        View? released = isRelease ? thread.ViewToRelease() : thread.Fenced;

        // A reference is published with what its object holds: the framework promises that much of a plain write.
        View? published = !typeof(T).IsValueType && value is not null ? thread.View.Copy() : null;
        _messages.Add(new Message(value, released, published, Hash.Mix(hash, thread.LastHash)));
        thread.Execution.NoteWrite(thread);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Message(T Value, View? Released, View? Published, ulong Hash);
}

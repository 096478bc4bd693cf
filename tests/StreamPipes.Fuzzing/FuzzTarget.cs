namespace StreamPipes.Fuzzing;

/// <summary>Code that takes bytes from outside, and what must hold whatever they are.</summary>
public abstract class FuzzTarget
{
    /// <summary>Longer inputs are passed over: they take time and find nothing that shorter ones do not.</summary>
    public const int MaxLength = 16 * 1024;

    public abstract string Name { get; }

    /// <summary>Whether it has tasks in the background, whose exceptions somebody has to look at.</summary>
    public virtual bool IsAsynchronous => false;

    /// <summary>Inputs to start from. Those that once found something are among them.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Runs one input to its end. An exception is a finding.</summary>
    public abstract void Run(byte[] input);
}

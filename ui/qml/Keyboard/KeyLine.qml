// One line of equal keys.
pragma ComponentBehavior: Bound

import QtQuick
import Controls

Row {
    id: line

    property var keys: []
    property bool capital: true
    property real keyWidth
    property real keyHeight
    signal touched(string key)

    Repeater {
        model: line.keys

        KeyButton {
            required property string modelData

            objectName: "key-" + modelData.toUpperCase()
            width: line.keyWidth
            height: line.keyHeight
            fontSize: Theme.px(Theme.large ? 56 : 46)
            text: line.capital ? modelData.toUpperCase() : modelData
            onClicked: line.touched(modelData)
        }
    }
}
